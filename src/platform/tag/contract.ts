import { requiredSelect, requiredText } from '../../kernel/contract/fields.ts';
import { defineResource } from '../../kernel/contract/resource.ts';

export const tagColors = ['gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink'] as const;

export const tag = defineResource({
  name: 'tag',
  plural: 'tags',
  table: 'tag',
  title: 'tag',
  defaultSort: 'name',
  fields: {
    name: requiredText(60, { title: 'Name' }),
    color: requiredSelect(tagColors, { title: 'Color' }),
  },
});
