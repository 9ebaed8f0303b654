import type { Result } from "../result.ts";
import type { ChannelState, MoveAction, PlannedMove } from "./channel.ts";
import type { ServedPatchSet } from "./served-patch-set.ts";
/** Most characters of the message of a move. */
export declare const MESSAGE_MAX_LENGTH = 1000;
/** Who moves a channel, when and why. */
export interface MoveContext {
    /** The channel as it was read. */
    readonly channel: ChannelState;
    readonly message: string;
    readonly actor: string;
    /** ISO 8601 time. */
    readonly at: string;
    /** The sequence that the caller last saw; the move is refused where the channel has moved since. */
    readonly expectedSequence?: number;
}
/**
 * The move of a channel to the patch set `to`, with its audit row: the next sequence, whatever the direction.
 *
 * @param summary what the move does, in words
 *
 * Errors: `invalid_request`, `sequence_conflict`; `already_released` where the channel serves that set already.
 */
export declare const planMove: (context: MoveContext, action: MoveAction, to: ServedPatchSet, summary: string) => Promise<Result<PlannedMove>>;
