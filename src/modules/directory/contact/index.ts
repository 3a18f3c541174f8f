import { isNamed } from '../../../kernel/contract/person-name.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { crudRoutes } from '../../../kernel/http/crud.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from './contract.ts';

/** The database holds the same rule for whoever writes, changes included; this says it of each of many new contacts. */
async function requireNames(_: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const errors = inputs.flatMap((input, index) =>
    isNamed(input)
      ? []
      : {
          field: `${errorPath(index)}given_name`,
          code: 'required',
          message: 'A contact needs a name, an e-mail address or a phone number',
        },
  );
  if (errors.length > 0) throw problems.invalid(errors);
  return inputs;
}

export const routes = crudRoutes(contact, { gathers: true, beforeCreate: requireNames });
