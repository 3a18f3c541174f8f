export { convertWorkbook, isWorkbook, signature_bytes } from './convert.ts';
export { WorkbookError } from './workbook.ts';
export { type ColumnKind, workbookOf } from './write.ts';
