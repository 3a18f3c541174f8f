import { attachedTypes, recordTypes } from '../record/recordTypes.ts';

type May = (resource: string, action: string) => boolean;

const types = () => [...recordTypes().map(({ resource }) => resource), ...attachedTypes()];

/** Whether there can be anything in the trash that somebody may see. */
export const mayReadTrash = (may: May): boolean => types().some((resource) => may(resource, 'read'));

/** Whether there is anything that somebody may bring back: what they may delete. */
export const hasTrash = (may: May): boolean => types().some((resource) => may(resource, 'delete'));
