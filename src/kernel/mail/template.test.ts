import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type MailContent, renderMail } from './template.ts';
import { mailWords } from './words.ts';

const inEnglish = (content: MailContent) => renderMail(content, mailWords('en'));

test('text and HTML say the same', () => {
  const { text, html } = inEnglish({
    title: 'Join Acme on Holdfast',
    lines: ['Anna invited you.', 'The link works for 7 days.'],
    action: { label: 'Accept the invitation', url: 'https://crm.example.com/invite?token=a&x=1' },
  });
  assert.equal(
    text,
    'Join Acme on Holdfast\n\nAnna invited you.\n\nThe link works for 7 days.\n\nAccept the invitation:\nhttps://crm.example.com/invite?token=a&x=1\n',
  );
  for (const part of [
    'Join Acme on Holdfast',
    'Anna invited you.',
    'The link works for 7 days.',
    'Accept the invitation',
  ]) {
    assert.ok(html.includes(part), part);
  }
  assert.ok(html.includes('href="https://crm.example.com/invite?token=a&amp;x=1"'));
});

test('no input adds a tag or an attribute', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.constantFrom('<script>alert(1)</script>', '"><img src=x onerror=y>', "' onload='x", '&lt;'),
  );
  const tagsOf = (html: string) => html.match(/<[^>]*>/g)!.map((tag) => tag.replace(/href="[^"]*"/, 'href'));
  const plainTags = tagsOf(
    inEnglish({ title: 'a', lines: ['b'], action: { label: 'c', url: 'https://d.example' } }).html,
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, fc.webUrl(), hostile, (title, line, label, base, query) => {
      const url = `${base}?${query}`;
      assert.deepEqual(tagsOf(inEnglish({ title, lines: [line], action: { label, url } }).html), plainTags);
    }),
  );
});

test('a mail links to the web only', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/relative', '']) {
    assert.throws(() => inEnglish({ title: 'a', lines: [], action: { label: 'b', url } }), TypeError, url);
  }
});

test('a mail speaks the language of whoever gets it, and writes numbers its way', () => {
  const t = mailWords('de-AT');
  const lines = [
    t('Choose a password to begin. The link works once, within {days, plural, one {# day} other {# days}}.', {
      days: 7,
    }),
  ];
  const { html } = renderMail({ title: t('Set a new password'), lines }, t);
  assert.match(html, /<html lang="de">/);
  assert.match(html, /Neues Passwort festlegen/);
  assert.match(html, /innerhalb von 7 Tagen/);
  assert.equal(mailWords('fr')('Set a new password'), 'Set a new password');
});
