/** How many records one entry may be about. Apart from the fields, whose schemas the page does without. */
export const records_max = 20;
