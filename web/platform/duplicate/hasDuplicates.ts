import { definitions } from '../record/definitions.ts';

/** Whether there are records for somebody that may be the same as others. */
export const hasDuplicates = (may: (resource: string, action: string) => boolean): boolean =>
  definitions().some(({ compared, resource }) => compared.length > 0 && may(resource, 'read'));
