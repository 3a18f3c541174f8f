import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boldOf, linesOf, pasted } from '../../../test/harness/pasted.ts';
import { cleanHtml } from './html.ts';

for (const { name, html, lines, bold } of pasted)
  test(`of HTML from ${name} each block is a line, cells stay apart, and bold is what was bold there`, () => {
    const clean = cleanHtml(html);
    assert.deepEqual(linesOf(clean), lines, clean);
    assert.deepEqual(boldOf(clean), bold);
    assert.equal(cleanHtml(clean), clean, 'what is clean stays as it is');
  });

test('blocks become paragraphs, wherever they stand', () => {
  for (const [html, clean] of [
    ['Plain\ntext', 'Plain\ntext'],
    ['a<div>b<div>c</div>d</div>', 'a<p>b</p><p>c</p><p>d</p>'],
    ['<p>a</p>b<section></section>c', '<p>a</p>b<br />c'],
    ['<em>a<div>b</div></em>', '<em>a</em><p><em>b</em></p>'],
    ['<h2><div>Title</div></h2><h5>Part</h5>', '<h2>Title</h2><h3>Part</h3>'],
    ['<ul><li><div>a</div>b</li></ul>', '<ul><li><p>a</p>b</li></ul>'],
    ['<pre>a<div> b</div>c</pre>', '<pre>a\n b\nc</pre>'],
    ['<table><tr><td>a<p>b</p></td><td>c</td></tr></table>', '<p>a</p><p>b</p><p>c</p>'],
    ['<table><tr><td><table><tr><td>a<td>b</table></td></tr></table>', '<p>a | b</p>'],
    ['<table><tr><td>&nbsp;</td><td></td></tr></table>', ''],
    ['<p></p><div>\n</div><div><br></div>', '<p></p><p><br /></p>'],
    ['<p>one\nline</p>', '<p>one line</p>'],
    [
      '<del>a</del> <span style="font-style: italic; font-weight: 700">b</span>',
      '<s>a</s> <strong><em>b</em></strong>',
    ],
    [
      '<a href="tel:+49301234;ext=5">a</a><a href=" javascript:x()">b</a><a href="//x.example">c</a>',
      '<a href="tel:+49301234;ext=5" rel="noopener noreferrer nofollow" target="_blank">a</a>bc',
    ],
    ['<div title="&quot;<script>">&lt;b&gt;<script>x</script></div>', '<p>&lt;b&gt;</p>'],
  ] as const)
    assert.equal(cleanHtml(html), clean);
});

test('neither lists nor rows nest without end', () => {
  assert.equal(cleanHtml('<ul><li>'.repeat(500)).match(/<ul>/g)?.length, 10);
  assert.match(cleanHtml(`${'<table><tr><td>'.repeat(500)}x`), /^(<p>)?x/);
});
