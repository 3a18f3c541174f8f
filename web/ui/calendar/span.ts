/** What a calendar shows at once. Apart from what reckons with days, so that an address can be read without it. */
export const spans = ['month', 'week'] as const;
export type Span = (typeof spans)[number];
