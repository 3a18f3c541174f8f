import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImportColumn } from './import.ts';
import { fieldFrom } from './newField.ts';

const column = (of: Partial<ImportColumn>) => ({ name: 'Size', samples: [], choices: null, ...of }) as ImportColumn;

test('a column makes a field of its own kind, and a text where a field could not hold its values', () => {
  const long = 'x'.repeat(101);
  for (const [of, type] of [
    [{ kind: 'integer', samples: ['41', '-2,147,483,647'] }, 'integer'],
    [{ kind: 'integer', samples: ['41', '2,147,483,648'] }, 'decimal'],
    [{ kind: 'money' }, 'money'],
    [{ kind: 'email' }, 'text'],
    [{ kind: 'enum', choices: ['S', 'M'] }, 'select'],
    [{ kind: 'enum', choices: ['S', long] }, 'text'],
  ] as const) {
    const made = fieldFrom(column(of as Partial<ImportColumn>), 'contact');
    assert.deepEqual([made.type, made.options], [type, type === 'select' ? ['S', 'M'] : []], JSON.stringify(of));
  }
  assert.equal(fieldFrom(column({ name: long, kind: 'text' }), 'contact').label.length, 100);
});
