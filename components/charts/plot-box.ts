/** Room for the words of the y axis, px; the same everywhere, so that charts line up. */
export const AXIS_PX = 46
/** Room to the right of a plot, px. */
export const RIGHT_PX = 18
