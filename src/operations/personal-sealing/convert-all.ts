import { type Conversion, type Converted, convertHistory, convertRecords, sumOf } from './convert.ts';
import { convertMerged } from './merged-names.ts';

/** Gives all texts of the workspace the form. */
export const convertAll = async (conversion: Conversion): Promise<Converted> =>
  sumOf([await convertRecords(conversion), await convertHistory(conversion), await convertMerged(conversion)]);
