/** Updates added at places of a tensor: what gathering from it leaves behind, without a dense tensor of zeros. */
export interface ScatterContribution {
    /** Axis of the tensor that `indices` index. */
    readonly axis: number;
    /** Integer tensor of the shape of `updates`; repeated places add up. */
    readonly indices: string;
    readonly updates: string;
}
/** A part of one tensor's gradient: a tensor of its shape, by name, or scattered updates. */
export type Contribution = string | ScatterContribution;
