import { z } from 'zod';
import { accountKinds, actions, degrees, isOwned, rightNames, scopes } from '../../access/rights.ts';
import { isScope, spellScope } from '../../access/scope.ts';
import { boolean, object, requiredText, select, text } from '../../contract/fields.ts';
import { defineResource } from '../../contract/resource.ts';

const scope = z.union([
  z.enum(scopes),
  z
    .string()
    .max(200)
    .overwrite(spellScope)
    .refine(isScope, { error: 'Write one of the known scopes, such as own, or several with "+" between' })
    .describe(
      'Kinds of rows with "+" between, in any order: own, team and those that `GET /api/v1/rights` has for the records',
    ),
]);
const granted = z.partialRecord(z.enum([...actions, ...degrees]), scope);

/** The matrix: resource, action, scope. Missing entries grant nothing. */
export const rightsMatrix = z.lazy(() =>
  z
    .partialRecord(z.enum(rightNames()), granted)
    .superRefine((rights, check) => {
      for (const [resource, grant] of Object.entries(rights)) {
        if (isOwned(resource)) continue;
        for (const [action, scope] of Object.entries(grant ?? {})) {
          if (scope && /\b(own|team)\b/.test(scope))
            check.addIssue({
              code: 'custom',
              path: [resource, action],
              message: 'This has no owner: choose all or none',
            });
        }
      }
    })
    .meta({ id: 'Rights' }),
);

/**
 * An address of the page without parameters. The page knows which there are, and opens the home page of all where it
 * has none by that name.
 */
const homePage = text(200, { title: 'Home page' }).refine(
  (path) => path === null || /^\/(?!\/)[a-z0-9/_-]*$/.test(path),
  {
    error: 'Write the address of a page, such as /deals',
  },
);

export const role = defineResource({
  name: 'role',
  plural: 'roles',
  table: 'role',
  title: 'role',
  defaultSort: 'name',
  fields: {
    key: text(41, { title: 'Key', readOnly: true }),
    name: requiredText(100, { title: 'Name' }),
    preset: boolean({ title: 'Preset', readOnly: true }),
    kind: select(accountKinds, { title: 'For', createOnly: true }),
    home: homePage,
    rights: object(rightsMatrix, { title: 'Rights', required: true }),
  },
});

/** What a role can say of each right: which rows there are to reach, and how much of them. */
export const rightList = z
  .object({
    data: z.array(
      z.object({
        name: z.string(),
        kinds: z.array(z.string()).describe('Scopes between none and all; several can be joined with "+"'),
        by_degree: z.boolean().describe('Whether some may see only that a record exists, or its subject'),
        outside: z.array(z.enum(actions)).describe('What customers, contractors and devices may have of it'),
      }),
    ),
  })
  .meta({ id: 'RightList' });
export type RightOffered = z.output<typeof rightList>['data'][number];
