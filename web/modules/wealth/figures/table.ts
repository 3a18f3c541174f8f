/** The look of tables of figures. */
export const table = {
  head: 'border-b border-line text-12 text-muted',
  row: 'border-b border-line',
  /** Words. */
  name: 'py-1.5 pe-3 text-start align-top',
  nameHead: 'py-1.5 pe-3 text-start align-bottom font-medium',
  /** Figures, which stand under each other. */
  figure: 'py-1.5 ps-3 text-end align-top whitespace-nowrap tabular-nums',
  /** Above figures, in several lines where there is little room. */
  figureHead: 'py-1.5 ps-3 text-end align-bottom font-medium',
} as const;
