import { z } from 'zod';
import { actions, ownedResources, type ResourceName, resources, scopes } from '../../access/rights.ts';
import { boolean, object, requiredText, text } from '../../contract/fields.ts';
import { defineResource } from '../../contract/resource.ts';

const granted = z.partialRecord(z.enum(actions), z.enum(scopes));

/** The matrix: resource, action, scope. Whoever is not named has no right. */
export const rightsMatrix = z
  .partialRecord(z.enum(resources), granted)
  .superRefine((rights, check) => {
    for (const [resource, grant] of Object.entries(rights)) {
      if (ownedResources.has(resource as ResourceName)) continue;
      for (const [action, scope] of Object.entries(grant)) {
        if (scope === 'own' || scope === 'team')
          check.addIssue({
            code: 'custom',
            path: [resource, action],
            message: 'This has no owner: choose all or none',
          });
      }
    }
  })
  .meta({ id: 'Rights' });

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
    rights: object(rightsMatrix, { title: 'Rights', required: true }),
  },
});
