import { crudRoutes } from '../../../kernel/http/crud.ts';
import { getRow, type Values } from '../../../kernel/resource/store.ts';
import { withText } from '../mention/index.ts';
import { requireSubject } from '../subject.ts';
import { note } from './contract.ts';

export const routes = crudRoutes(note, {
  beforeCreate: async (ctx, inputs, place) => {
    requireSubject(inputs, 'note', place);
    const { user_id: author_id } = ctx.actor;
    const prepared: Values[] = [];
    for (const [index, input] of inputs.entries())
      prepared.push(await withText(ctx, input, { attached: 'note', subject: input, author_id, place: place(index) }));
    return prepared;
  },
  beforeUpdate: async (ctx, id, input) => {
    if (input.body === undefined) return input;
    const row = await getRow(ctx, note, id);
    return withText(ctx, input, {
      attached: 'note',
      subject: { ...row, ...input },
      author_id: row.author_id as string | null,
      mentioned: row.mentions as string[],
      place: '',
    });
  },
});
