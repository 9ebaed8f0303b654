/** A plot's size and the room around its axes, in its own units. */
export interface PlotArea {
    readonly width: number;
    readonly height: number;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
}
/** A label at a place of an axis, in the plot's units. */
export interface Tick {
    readonly at: number;
    readonly text: string;
}
/** Where a value stands on the vertical axis from `low`, at the bottom, to `high`. */
export declare const yScale: ({ height, top, bottom }: PlotArea, low: number, high: number) => (value: number) => number;
/** Where a value stands on the horizontal axis from `low`, on the left, to `high`. */
export declare const xScale: ({ width, left, right }: PlotArea, low: number, high: number) => (value: number) => number;
/** A line of the grid at each tick of the vertical axis, with its label. */
export declare const plotGrid: ({ width, left, right }: PlotArea, ticks: readonly Tick[]) => string;
/** The labels under the horizontal axis. */
export declare const plotTicks: ({ height, bottom }: PlotArea, ticks: readonly Tick[]) => string;
/** A plot as a file of its own: SVG with a title, a description, and the style of its classes. */
export declare const plotFile: ({ width, height }: Pick<PlotArea, "width" | "height">, title: string, description: string, marks: string) => string;
