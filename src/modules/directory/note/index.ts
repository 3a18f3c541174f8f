import { crudRoutes } from '../../../kernel/http/crud.ts';
import { requireSubject } from '../subject.ts';
import { note } from './contract.ts';
import { withCleanBody } from './service.ts';

export const routes = crudRoutes(note, {
  beforeCreate: async (_ctx, inputs, place) => {
    requireSubject(inputs, 'note', place);
    return inputs.map((input, index) => withCleanBody(input, place(index)));
  },
  beforeUpdate: async (_ctx, _id, input) => withCleanBody(input, ''),
});
