import type { Resource } from '../../app/resources.ts';
import type { AnyRecord } from '../field.ts';

export function TimelinePane(_: { resource: Resource; record: AnyRecord }) {
  return null;
}
