import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkManifests } from './check.ts';
import type { Manifest } from './manifest.ts';

const record = (resource: string, rest: object = {}) => ({ resource, path: `/${resource}s`, details: {}, ...rest });
const route = (path: string) => ({ options: { path } });
const page = (to: string, key?: string) => ({ to, label: to, goTo: to, ...(key && { key }) });
const product = (id: string, rest: object): Manifest => ({ id, ...rest }) as Manifest;

const directory = product('directory', {
  records: [record('contact', { shortcut: 'c' }), record('company')],
  routes: [route('/'), route('/tasks')],
  attached: { task: { path: '/tasks' } },
  navigation: [page('/tasks', 't'), record('contact', { shortcut: 'c' }), record('company')],
});
const sales = {
  records: [record('deal', { shortcut: 'd' })],
  routes: [route('/dashboard'), route('/dashboard/rows')],
  collections: { pipeline: { path: '/pipelines' } },
};

const refusal = (...manifests: Manifest[]): string | null => {
  try {
    checkManifests(manifests);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

test('products that have nothing in common are taken', () => {
  const extensions = [{ of: 'contact' }];
  const commands = [{ label: 'Rows', to: '/dashboard/rows' }];
  assert.equal(refusal(directory, product('sales', { ...sales, extensions, commands })), null);
});

for (const [what, rest, expected] of [
  [
    'a record type twice',
    { records: [record('deal'), record('deal')] },
    'The product "sales" declares the record type "deal" twice.',
  ],
  [
    'a record type of another product',
    { records: [record('contact')] },
    'The products "directory" and "sales" both declare the record type "contact".',
  ],
  [
    'as a collection what another product attaches',
    { collections: { task: { path: '/x' } } },
    'The products "directory" and "sales" both declare the record type "task".',
  ],
  [
    'a route of another product',
    { routes: [route('/tasks')] },
    'The products "directory" and "sales" both declare the route "/tasks".',
  ],
  [
    'a route below one of another product',
    { routes: [route('/contacts/$id/deals')] },
    'The product "sales" declares the route "/contacts/$id/deals", which is below "/contacts" of the product "directory".',
  ],
  [
    'a record type whose list another product has',
    { records: [record('task')] },
    'The products "directory" and "sales" both declare the record type "task".',
  ],
  [
    'a way to a page of another product',
    { navigation: [page('/tasks')] },
    'The product "sales" leads to "/tasks", which is no route of its own.',
  ],
  [
    'a command that leads nowhere',
    { commands: [{ label: 'Rows', to: '/rows' }] },
    'The product "sales" leads to "/rows", which is no route of its own.',
  ],
  [
    'a shortcut of another product',
    { records: [record('deal', { shortcut: 't' })] },
    'The products "directory" and "sales" both declare the shortcut "g t".',
  ],
  [
    'a shortcut twice',
    { records: [record('deal', { shortcut: 'd' }), record('lead', { shortcut: 'd' })] },
    'The product "sales" declares the shortcut "g d" twice.',
  ],
  [
    'a kind of timeline entry that all records have',
    { timeline: [{ kind: 'note' }] },
    'The products "platform" and "sales" both declare the kind of timeline entry "note".',
  ],
  [
    'an extension of nothing',
    { extensions: [{ of: 'household' }] },
    'The product "sales" extends the record type "household", which no product declares.',
  ],
] as const)
  test(`a manifest is refused that names ${what}`, () => {
    assert.equal(refusal(directory, product('sales', { ...sales, ...rest })), expected);
  });

test('so are two products of one name', () => {
  assert.equal(refusal(directory, product('directory', {})), 'Two products are called "directory".');
});
