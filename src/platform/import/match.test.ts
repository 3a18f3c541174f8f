import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findCircles } from './hierarchy.ts';
import { RelationMatcher, reportMatches } from './match.ts';
import { nameKey } from './normalise.ts';

const matcher = (...names: string[]) => new RelationMatcher(names.map((name, at) => ({ name, record: at })));

test('names are found exactly, then apart from case, spaces, punctuation and accents', () => {
  const products = matcher('GTX Pro', 'GTX Plus Pro', 'Zoë & Söhne');
  assert.deepEqual(products.match('GTX Pro'), { kind: 'exact', name: 'GTX Pro', record: 0 });
  assert.deepEqual(products.match('GTXPro'), { kind: 'normalised', name: 'GTX Pro', record: 0 });
  assert.deepEqual(products.match('gtx-plus pro'), { kind: 'normalised', name: 'GTX Plus Pro', record: 1 });
  assert.deepEqual(products.match('zoe Sohne'), { kind: 'normalised', name: 'Zoë & Söhne', record: 2 });
});

test('what tells names apart counts: signs, and marks of scripts in which they are no accents; a plus between words is none', () => {
  const names = [
    'A+',
    'A',
    'A-',
    'C',
    'C++',
    'C#',
    '<10',
    '>10',
    '1-0',
    '10',
    '★',
    '★★',
    'バス',
    'パス',
    'कमल',
    'कमला',
    'ไม่',
    'ไม้',
  ];
  assert.equal(new Set(names.map(nameKey)).size, names.length);
  for (const name of names) {
    const others = names.filter((other) => other !== name);
    assert.equal(matcher(...others).match(name).kind, 'missing', name);
  }
  assert.equal(matcher('Ελλάς').match('ΕΛΛΑΣ').kind, 'normalised');
  assert.equal(matcher('ハﾞス').match('バス').kind, 'normalised');
  for (const [one, other] of [
    ['Meyer GmbH & Co. KG', 'Meyer GmbH + Co. KG'],
    ['مُحَمَّد', 'محمد'],
    ['שָׁלוֹם', 'שלום'],
    ['Love ❤\ufe0f Tea', 'Love ❤ Tea'],
  ] as const)
    assert.deepEqual(
      [matcher(one).match(other).kind, matcher(other).match(one).kind],
      ['normalised', 'normalised'],
      one,
    );
});

test('a similar name is suggested, never taken', () => {
  const companies = matcher('Technology Partners', 'Betatech');
  assert.deepEqual(companies.match('Technolgy Partners'), { kind: 'missing', suggestion: 'Technology Partners' });
  assert.deepEqual(companies.match('Something else'), { kind: 'missing', suggestion: null });
  assert.deepEqual(matcher('Betatech', 'Betatecs').match('Betatecx'), { kind: 'missing', suggestion: null });
});

test('two candidates are a problem, not a pick', () => {
  assert.deepEqual(matcher('GTX Pro', 'GTX-Pro').match('gtxpro'), { kind: 'ambiguous', names: ['GTX Pro', 'GTX-Pro'] });
  assert.deepEqual(matcher('GTX Pro', 'GTX-Pro').match('GTX Pro').kind, 'exact');
  assert.deepEqual(matcher('Acme', 'Acme').match('Acme').kind, 'ambiguous');
});

test('names without letters or digits only match exactly', () => {
  assert.deepEqual(matcher('***').match('???'), { kind: 'missing', suggestion: null });
  assert.deepEqual(matcher('***').match('***').kind, 'exact');
});

test('the report counts rows', () => {
  const values = new Map([
    ['GTX Pro', 5],
    ['GTXPro', 1_480],
    ['GTX Prp', 2],
  ]);
  assert.deepEqual(reportMatches(values, matcher('GTX Pro')), {
    exact_rows: 5,
    normalised: [{ text: 'GTXPro', name: 'GTX Pro', rows: 1_480 }],
    ambiguous: [],
    missing: [{ text: 'GTX Prp', suggestion: 'GTX Pro', rows: 2 }],
  });
});

test('circles of parents are found, each once', () => {
  assert.deepEqual(
    findCircles(
      new Map([
        ['Acme', 'Beta'],
        ['Beta', 'Acme'],
        ['Child', 'Acme'],
      ]),
    ),
    [['Acme', 'Beta']],
  );
  assert.deepEqual(findCircles(new Map([['Self', 'Self']])), [['Self']]);
  assert.deepEqual(
    findCircles(
      new Map([
        ['A', 'B'],
        ['B', 'C'],
      ]),
    ),
    [],
  );
});

test('a name is in a circle exactly when following its parents leads back to it', () => {
  const forests = fc
    .dictionary(fc.constantFrom(...'abcdefgh'), fc.constantFrom(...'abcdefgh'))
    .map((all) => new Map(Object.entries(all)));
  fc.assert(
    fc.property(forests, (parents) => {
      const inCircles = findCircles(parents).flat();
      assert.equal(new Set(inCircles).size, inCircles.length);
      for (const start of parents.keys()) {
        let name = parents.get(start);
        for (let steps = 0; steps < parents.size && name !== undefined && name !== start; steps++)
          name = parents.get(name);
        assert.equal(inCircles.includes(start), name === start);
      }
    }),
    { numRuns: 500 },
  );
});
