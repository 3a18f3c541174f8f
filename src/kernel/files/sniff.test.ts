import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sniffType } from './sniff.ts';
import { contradiction, trustedType } from './type-claims.ts';

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(100, 1)]);
const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100', 'hex'), Buffer.alloc(100)]);
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.from('90000300000004000000ffff0000b8', 'hex'), Buffer.alloc(100)]);
const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n');
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Name;Größe\nA;1\n', 'utf16le')]);
const zipEntry = (name: string) => {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 0, 'latin1');
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name)]);
};

const samples: [string, string | Buffer, string][] = [
  ['PNG', png, 'image/png'],
  ['JPEG', jpeg, 'image/jpeg'],
  ['PDF', pdf, 'application/pdf'],
  ['a program of Windows', exe, 'application/x-msdownload'],
  ['gzip', gzipSync('x'), 'application/gzip'],
  ['zip', Buffer.concat([zipEntry('readme.txt'), Buffer.alloc(50)]), 'application/zip'],
  ['random bytes', Buffer.concat([Buffer.from([1, 0, 2]), randomBytes(500)]), 'application/octet-stream'],
  ['NUL in text', 'Name;Size\nA\0;1', 'application/octet-stream'],
  ['CSV', 'Name;Size\nA;1\n', 'text/plain'],
  ['CSV that begins like a bitmap', 'BMI;Age\n22;40\n', 'text/plain'],
  ['CSV that begins like a program', 'MZ;Name\n1;A\n', 'text/plain'],
  ['CSV that begins like a sound', 'ID3;Name\n1;A\n', 'text/plain'],
  ['CSV in UTF-16', utf16, 'text/plain'],
  ['CSV in Windows-1252', Buffer.from('Name;Größe\nMüller;1\n', 'latin1'), 'text/plain'],
  ['CSV with tags in cells', 'Name;Note\nA;<b>bold</b><script>x</script>\n', 'text/plain'],
  ['JSON', '{"a":1}', 'text/plain'],
  ['nothing', '', 'text/plain'],
  ['XML', '<?xml version="1.0"?><list/>', 'application/xml'],
  ['HTML', '<!DOCTYPE html><html></html>', 'text/html'],
  ['HTML after space and comments', '\ufeff \n<!-- a --><!-- b\n -->\n<HTML lang="en">', 'text/html'],
  ['a bare script', '<script>alert(1)</script>', 'text/html'],
  ['XHTML', '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"/>', 'text/html'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image/svg+xml'],
  [
    'SVG after everything XML allows',
    '<?xml version="1.0"?><!-- x -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [<!ENTITY a "b">]>\n<svg/>',
    'image/svg+xml',
  ],
  ['SVG under a prefix', '<x:svg xmlns:x="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
  [
    'SVG in UTF-16',
    Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<svg onload="x"/>', 'utf16le')]),
    'image/svg+xml',
  ],
];

for (const [what, bytes, mime] of samples) {
  test(`sniffed: ${what}`, async () => assert.equal((await sniffType(Buffer.from(bytes))).mime, mime));
}

const claims: [string | Buffer, string, string, 'fits' | 'belies'][] = [
  [png, 'image/png', 'a.png', 'fits'],
  [jpeg, 'image/jpg', 'a.JPEG', 'fits'],
  [pdf, 'application/octet-stream', 'a.pdf', 'fits'],
  [pdf, '', 'contract', 'fits'],
  ['Name;Size\n', 'text/csv; charset=utf-8', 'a.csv', 'fits'],
  ['Name;Size\n', 'application/vnd.ms-excel', 'a.csv', 'fits'],
  ['{"a":1}', 'application/json', 'a.json', 'fits'],
  ['# Title\n', 'text/markdown', 'README.md', 'fits'],
  ['some text', 'application/x-own', 'a.own', 'fits'],
  [zipEntry('x/y.bin'), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'a.docx', 'fits'],
  ['<html><body>', 'text/html', 'a.htm', 'fits'],
  ['<svg/>', 'image/svg+xml', 'a.svg', 'fits'],
  [randomBytes(64).fill(0, 0, 4), 'application/x-own', 'a.own', 'fits'],
  [exe, 'image/png', 'a.png', 'belies'],
  [exe, 'application/octet-stream', 'a.pdf', 'belies'],
  [exe, 'text/csv', 'a.csv', 'belies'],
  [exe, 'audio/mpeg', 'a', 'belies'],
  [png, 'image/jpeg', 'a', 'belies'],
  [png, 'image/png', 'a.jpg', 'belies'],
  [png, '', 'a.txt', 'belies'],
  ['<html><script>', 'text/plain', 'a.txt', 'belies'],
  ['<html><script>', 'image/png', 'a.png', 'belies'],
  ['<svg onload="x"/>', 'text/xml', 'a.xml', 'belies'],
  ['<svg onload="x"/>', 'image/png', 'a', 'belies'],
  ['just text', 'image/png', 'a', 'belies'],
  ['just text', '', 'a.pdf', 'belies'],
  ['just text', '', 'a.svg', 'belies'],
  [randomBytes(64).fill(0, 0, 4), 'text/csv', 'a', 'belies'],
  [randomBytes(64).fill(0, 0, 4), '', 'a.png', 'belies'],
  [gzipSync('x'), '', 'a.docx', 'belies'],
  ['', 'image/png', '', 'belies'],
];

for (const [i, [bytes, declaredType, fileName, outcome]] of claims.entries()) {
  test(`claim ${i + 1}: ${declaredType || 'no type'} as ${fileName || 'no name'} ${outcome}`, async () => {
    const problem = contradiction(await sniffType(Buffer.from(bytes)), { declaredType, fileName });
    assert.equal(problem === undefined ? 'fits' : 'belies', outcome, problem);
  });
}

test('the stored type is what the bytes show; only text keeps what was declared', async () => {
  const csv = await sniffType(Buffer.from('a;b\n'));
  assert.equal(trustedType(csv, 'text/csv; charset=utf-8'), 'text/csv');
  assert.equal(trustedType(csv, undefined), 'text/plain');
  assert.equal(trustedType(csv, 'text/html'), 'text/plain');
  assert.equal(trustedType(csv, 'text/csv\r\nX-Evil: 1'), 'text/plain');
  assert.equal(trustedType(await sniffType(png), 'application/octet-stream'), 'image/png');
});

test('any bytes are sniffed without failing, and never contradict no claim', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      assert.equal(contradiction(await sniffType(bytes), {}), undefined);
    }),
  );
});

test('markup meant to exhaust the reader does not', async () => {
  const hostile = Buffer.from(`${'<!--'.repeat(16_000)}`);
  const many = Buffer.from(`${'<!---->'.repeat(9_000)}<svg/>`);
  const start = performance.now();
  await sniffType(hostile);
  assert.equal((await sniffType(many)).mime, 'image/svg+xml');
  assert.ok(performance.now() - start < 1000, `${performance.now() - start} ms`);
});
