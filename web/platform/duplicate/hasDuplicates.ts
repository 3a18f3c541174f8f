import { recordTypes } from '../record/recordTypes.ts';

/** Whether there are records for somebody that may be the same as others. */
export const hasDuplicates = (may: (resource: string, action: string) => boolean): boolean =>
  recordTypes().some((type) => type.hasDuplicates && may(type.resource, 'read'));
