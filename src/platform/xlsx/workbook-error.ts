/** What keeps a workbook from being read, in words for whoever sent it. */
export class WorkbookError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const tooLarge = (what: string) =>
  new WorkbookError('workbook_too_large', `${what} Save the sheets as CSV and import those, or split the workbook.`);
