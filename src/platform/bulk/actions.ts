import type { Resource } from '../../kernel/contract/resource.ts';
import { invalidBy, with_input } from '../../kernel/errors/field-errors.ts';
import { invalidField } from '../../kernel/errors/problem.ts';
import { checkMany, checkTags, type Outcome, tagMany, trashMany, updateMany } from '../../kernel/resource/many.ts';
import { type SkipCode, skipReasons } from '../undo/contract.ts';
import { type BulkAction, type BulkOutcome, bulkAction } from './action.ts';
import { deleteAction, tagAction, updateAction } from './contract.ts';

const path = 'action.';

/** What can be done to many records of any noun that has a list of its own. */
export function recordActions(resources: readonly Resource[]): BulkAction[] {
  return [
    bulkAction({
      schema: updateAction,
      resources,
      right: 'update',
      check: async (ctx, resource, { fields }) => {
        const checked = resource.update.safeParse(fields, with_input);
        if (!checked.success) throw invalidBy(checked.error, `${path}fields`);
        await checkMany(ctx, resource, checked.data, `${path}fields.`);
      },
      apply: async (ctx, resource, ids, { fields }) =>
        bulkOutcome(resource, await updateMany(ctx, resource, ids, resource.update.parse(fields))),
    }),
    bulkAction({
      schema: tagAction,
      resources: resources.filter(({ attachable }) => attachable),
      right: 'update',
      check: async (ctx, _resource, action) => {
        if (action.add.length + action.remove.length === 0)
          throw invalidField(`${path}add`, 'required', 'Name at least one tag to add or to remove');
        await checkTags(ctx, action, path);
      },
      apply: async (ctx, resource, ids, action) => bulkOutcome(resource, await tagMany(ctx, resource, ids, action)),
    }),
    bulkAction({
      schema: deleteAction,
      resources,
      right: 'delete',
      check: async () => {},
      apply: async (ctx, resource, ids) => bulkOutcome(resource, await trashMany(ctx, resource, ids)),
    }),
  ];
}

/** In the words of the report. */
function bulkOutcome({ name: resource }: Resource, { changed, unchanged, refused }: Outcome): BulkOutcome {
  const skipped = refused.map(({ id, name, code }) => ({
    resource,
    id,
    name,
    fields: null,
    code,
    reason: skipReasons[code satisfies SkipCode],
  }));
  return { changed: changed.length, unchanged, skipped };
}
