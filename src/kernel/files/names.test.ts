import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'content-disposition';
import fc from 'fast-check';
import { contentDisposition, sanitizeFileName } from './names.ts';

const cases: [string, string, string][] = [
  ['an ordinary name', 'Report 2026 (final).pdf', 'Report 2026 (final).pdf'],
  ['other scripts', '契約書 – Überblick 👍🏽.docx', '契約書 – Überblick 👍🏽.docx'],
  ['decomposed letters', 'Cafe\u0301.txt', 'Café.txt'],
  ['a path of Unix', '../../etc/passwd', 'passwd'],
  ['a path of Windows', 'C:\\Users\\anna\\list.csv', 'list.csv'],
  ['a mixed path', '..\\../x/..\\y.txt', 'y.txt'],
  ['only a path', 'folder/', 'file'],
  ['dots', '..', 'file'],
  ['a hidden file', '.htaccess', 'htaccess'],
  ['dots and spaces at the end', 'x.txt. . ', 'x.txt'],
  ['a header smuggled in', 'a.txt\r\nSet-Cookie: x=1', 'a.txtSet-Cookie_ x=1'],
  ['NUL before an extension', 'x.exe\0.png', 'x.exe.png'],
  ['an extension turned around', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['isolates and zero width', '\u2066a\u200bb\ufeff.txt\u2069', 'ab.txt'],
  ['what Windows forbids', 'a<b>:"c"|?*.txt', 'a_b___c____.txt'],
  ['a device of Windows', 'CON.txt', '_CON.txt'],
  ['a lone surrogate', 'a\ud800b.txt', 'ab.txt'],
  ['nothing', '', 'file'],
];

for (const [what, given, expected] of cases) {
  test(`file name: ${what}`, () => assert.equal(sanitizeFileName(given), expected));
}

test('a long name is cut before its extension, between whole characters', () => {
  const name = sanitizeFileName(`${'日'.repeat(200)}.xlsx`);
  assert.ok(Buffer.byteLength(name) <= 255 && Buffer.byteLength(name) > 250);
  assert.match(name, /^日+\.xlsx$/);
  assert.equal(sanitizeFileName('x'.repeat(10_000)), 'x'.repeat(255));
  assert.equal(sanitizeFileName(`${'x'.repeat(250)} . . . y`), 'x'.repeat(250));
});

const awkward = fc.constantFrom(
  ...'/\\.: aé日\0\r\n\u2028\u061c\u200e\u202a\u202b\u202d\u202e\u2066\u2069\ufeff"*'.split(''),
  '👍',
  '\ud800',
);
const anyName = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ unit: awkward, maxLength: 400 }));

test('no name at all comes out with a path, a control character or too long, and cleaning twice changes nothing', () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = sanitizeFileName(given);
      assert.ok(name.length > 0 && Buffer.byteLength(name) <= 255);
      assert.doesNotMatch(name, /[/\\\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]|^\.|^\s|\s$/u);
      assert.equal(sanitizeFileName(name), name);
    }),
  );
});

test('a Content-Disposition says the name to every browser and is one line of ASCII', () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const header = contentDisposition('attachment', given);
      assert.match(header, /^attachment; [\x20-\x7e]+$/);
      assert.equal(parse(header).parameters.filename, sanitizeFileName(given));
    }),
  );
  assert.equal(contentDisposition('inline', 'a "b".pdf'), 'inline; filename="a _b_.pdf"');
  assert.equal(contentDisposition('attachment', 'Übersicht.pdf').includes("filename*=UTF-8''%C3%9Cbersicht.pdf"), true);
});
