import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { selfSigned } from '../../../test/harness/certificate.ts';
import { createMailer, type MailerOptions, MailFailed, MailInvalid, MailNotConfigured } from './mailer.ts';
import { startMailSink } from './sink.ts';

const from = 'Holdfast <no-reply@example.com>';
const message = { to: 'anna@example.com', subject: 'Your invitation', text: 'Hello', html: '<p>Hello</p>' };

function mailerFor(t: TestContext, options: Partial<MailerOptions>) {
  const warnings: unknown[] = [];
  const mailer = createMailer({
    url: undefined,
    from,
    log: { warn: (...line: unknown[]) => warnings.push(line) },
    ...options,
  });
  t.after(() => mailer.close());
  return { mailer, warnings };
}

async function sinkFor(t: TestContext, options?: Parameters<typeof startMailSink>[0]) {
  const sink = await startMailSink(options);
  t.after(() => sink.close());
  return sink;
}

test('a mail arrives as it was written, in any script', async (t) => {
  const greetings: string[] = [];
  const sink = await sinkFor(t, {
    onMailFrom: (_address, session, done) => {
      greetings.push(session.hostNameAppearsAs);
      done();
    },
  });
  const { mailer } = mailerFor(t, { url: sink.url });
  const sent = { to: 'anna@example.com', subject: 'Grüße aus 東京 🎉', text: 'Zeile 1\nΓειά', html: '<p>مرحبا</p>' };
  const file = { filename: 'Größe.csv', contentType: 'text/csv; charset=utf-8', content: 'ä,1\r\n' };
  await mailer.send({ ...sent, attachments: [file] });
  const [mail, ...others] = sink.messages();
  assert.deepEqual(others, []);
  const { headers, ...read } = mail!;
  assert.deepEqual(
    { ...read, text: read.text.trim(), html: read.html.trim() },
    {
      ...sent,
      from: 'no-reply@example.com',
      to: ['anna@example.com'],
      attachments: [{ filename: file.filename, text: file.content }],
    },
  );
  assert.equal(headers.has('list-unsubscribe'), false);
  assert.equal(headers.get('auto-submitted'), 'auto-generated');
  assert.deepEqual(greetings, ['example.com'], 'a name that a relay can look up');
  assert.equal(mailer.configured, true);
});

test('a mail that one can be rid of says so in the way of RFC 8058, under an id of its own', async (t) => {
  const sink = await sinkFor(t);
  const { mailer } = mailerFor(t, { url: sink.url });
  const unsubscribeUrl = 'https://crm.example.com/unsubscribe?token=x';
  await mailer.send({ ...message, messageId: '<one@crm.example.com>', unsubscribeUrl });
  const { headers } = sink.messages()[0]!;
  assert.equal(headers.get('message-id'), '<one@crm.example.com>');
  assert.equal(headers.get('list-unsubscribe'), `<${unsubscribeUrl}>`);
  assert.equal(headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
  for (const hostile of [
    { messageId: '<a@b>\r\nBcc: eve@example.com' },
    { unsubscribeUrl: 'https://x>, <mailto:eve@example.com' },
  ])
    await assert.rejects(mailer.send({ ...message, ...hostile }), MailInvalid);
});

test('without SMTP_URL a mail fails loudly', async (t) => {
  const { mailer } = mailerFor(t, { url: undefined });
  assert.equal(mailer.configured, false);
  await assert.rejects(mailer.send(message), MailNotConfigured);
});

const injections: [string, Partial<typeof message>][] = [
  ['a header through the subject', { subject: 'Hi\r\nBcc: eve@example.com' }],
  ['a bare line feed in the subject', { subject: 'Hi\nBcc: eve@example.com' }],
  ['NUL in the subject', { subject: 'Hi\0' }],
  ['a header through the recipient', { to: 'anna@example.com\r\nBcc: eve@example.com' }],
  ['a second recipient', { to: 'anna@example.com, eve@example.com' }],
  ['a recipient in angle brackets', { to: 'anna <eve@example.com>' }],
  ['an SMTP command through the recipient', { to: 'anna@example.com>\r\nRCPT TO:<eve@example.com' }],
  ['no recipient', { to: '' }],
  ['two megabytes', { text: 'x'.repeat(2_000_000) }],
];

test('header injection and oversize are refused before anything is sent', async (t) => {
  const sink = await sinkFor(t);
  const { mailer } = mailerFor(t, { url: sink.url });
  for (const [what, change] of injections) {
    await assert.rejects(mailer.send({ ...message, ...change }), MailInvalid, what);
  }
  assert.deepEqual(sink.messages(), []);
});

test('a mail server elsewhere gets nothing without TLS, unless told otherwise', async (t) => {
  const sink = await sinkFor(t);
  // 0.0.0.0 reaches the sink on this machine, but is not one of the addresses known to be local.
  const url = sink.url.replace('127.0.0.1', '0.0.0.0');
  const { mailer } = mailerFor(t, { url });
  await assert.rejects(mailer.send(message), MailFailed);
  assert.deepEqual(sink.messages(), []);

  const { mailer: allowed } = mailerFor(t, { url, allowPlaintext: true });
  await allowed.send(message);
  assert.equal(sink.messages().length, 1);
});

test('a certificate nobody vouches for is refused', async (t) => {
  const sink = await sinkFor(t, { secure: true });
  const { mailer } = mailerFor(t, { url: sink.url.replace('smtp:', 'smtps:') });
  await assert.rejects(mailer.send(message), /self-signed|certificate/);
  assert.deepEqual(sink.messages(), []);
});

test('a relay on this machine that wants TLS gets it, whoever vouches for its certificate', async (t) => {
  const wantsTls = {
    disabledCommands: [],
    onMailFrom: (_address, session, done) =>
      session.secure
        ? done()
        : done(Object.assign(new Error('Must issue a STARTTLS command first'), { responseCode: 530 })),
  } satisfies Parameters<typeof startMailSink>[0];
  const sink = await sinkFor(t, wantsTls);
  const { mailer } = mailerFor(t, { url: sink.url });
  await mailer.send(message);
  assert.equal(sink.messages().length, 1);
});

test('an error that its words do not explain says what to do', async (t) => {
  const { url } = await sinkFor(t);
  const { mailer } = mailerFor(t, { url: url.replace('smtp:', 'smtps:') });
  await assert.rejects(
    mailer.send(message),
    /wrong version number.*\(the port begins without TLS: SMTP_URL needs smtp:/,
  );
  const dir = await mkdtemp(join(tmpdir(), 'holdfast-mailer-'));
  t.after(() => rm(dir, { recursive: true }));
  const tls = await sinkFor(t, { secure: true, ...(await selfSigned(dir, 9, 'IP:127.0.0.1')) });
  const { mailer: unknown } = mailerFor(t, { url: tls.url.replace('smtp:', 'smtps:') });
  await assert.rejects(unknown.send(message), /self-signed.* \(name the file of a CA .* NODE_EXTRA_CA_CERTS\)/);
});

test('a refusal says whether trying again may help, and the log does not say who was written to', async (t) => {
  for (const [responseCode, permanent] of [
    [550, true],
    [451, false],
  ] as const) {
    const sink = await sinkFor(t, {
      onRcptTo: ({ address }, _session, done) =>
        done(Object.assign(new Error(`<${address}> rejected`), { responseCode })),
    });
    const { mailer, warnings } = mailerFor(t, { url: sink.url });
    await assert.rejects(mailer.send(message), (error) => error instanceof MailFailed && error.permanent === permanent);
    assert.equal(warnings.length, 1);
    assert.ok(!JSON.stringify(warnings).includes(message.to));
  }
});

test('a server that refuses whoever asks, or its sender, may take the mail later; one that refuses the mail will not', async (t) => {
  const refusalOf = (words: string) => Object.assign(new Error(words), { responseCode: 554 });
  const refusal = refusalOf('Not this');
  const refusing: [NonNullable<Parameters<typeof startMailSink>[0]>, boolean][] = [
    [{ onConnect: (_session, done) => done(refusal) }, false],
    [{ onMailFrom: (_address, _session, done) => done(refusal) }, false],
    [{ onRcptTo: (_address, _session, done) => done(refusal) }, true],
    // As Postfix 3.10 says it, with the first recipient.
    [{ onRcptTo: (_address, _session, done) => done(refusalOf('5.7.1 <unknown>: Client host rejected')) }, false],
    [{ onRcptTo: (_address, _session, done) => done(refusalOf('5.1.8 <a@b>: Sender address rejected')) }, false],
    [{ onRcptTo: (_address, _session, done) => done(refusalOf('5.1.1 <a@b>: Recipient address rejected')) }, true],
    [{ onData: (stream, _session, done) => void stream.resume().on('end', () => done(refusal)) }, true],
  ];
  for (const [options, permanent] of refusing) {
    const sink = await sinkFor(t, options);
    const { mailer } = mailerFor(t, { url: sink.url });
    await assert.rejects(mailer.send(message), (error: MailFailed) => {
      assert.deepEqual([Object.keys(options)[0], error.permanent], [Object.keys(options)[0], permanent]);
      return error instanceof MailFailed;
    });
  }
});

test('the password of the URL is used, and stands in no error', async (t) => {
  const sink = await sinkFor(t, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'mail@er' && password === 'p@ss:w/rd' ? done(null, { user: 1 }) : done(new Error('Wrong')),
  });
  const { mailer } = mailerFor(t, { url: sink.url.replace('//', '//mail%40er:p%40ss%3Aw%2Frd@') });
  await mailer.send(message);
  assert.equal(sink.messages().length, 1);

  const { mailer: wrong, warnings } = mailerFor(t, { url: sink.url.replace('//', '//mail%40er:s3cr3t@') });
  await assert.rejects(wrong.send(message), (error: MailFailed) => {
    assert.equal(error.permanent, false);
    assert.ok(!`${error.message}${JSON.stringify(warnings)}`.includes('s3cr3t'));
    return true;
  });
});

test('a server that is gone fails the mail and is used again when it is back', async (t) => {
  const sink = await sinkFor(t);
  const { mailer } = mailerFor(t, { url: sink.url });
  await mailer.send(message);
  await sink.close();
  await assert.rejects(mailer.send(message), (error) => error instanceof MailFailed && !error.permanent);
  const back = await startMailSink({}, Number(new URL(sink.url).port));
  t.after(() => back.close());
  await mailer.send(message);
  assert.equal(back.messages().length, 1);
});

test('settings that cannot work are refused at start, without repeating the password', () => {
  const log = { warn: () => undefined };
  for (const url of [
    'mail.example.com',
    'http://u:s3cr3t@mail.example.com',
    'smtp://',
    'smtp://u:s3cr3t@h?tls.rejectUnauthorized=false',
    'smtp://u:s3cr3t%@h',
  ]) {
    assert.throws(
      () => createMailer({ url, from, log }),
      (error: Error) => error.message.includes('SMTP_URL') && !error.message.includes('s3cr3t'),
    );
  }
  for (const wrong of ['', 'Holdfast', 'a@example.com, b@example.com', 'A <a@example.com>\r\nBcc: b@example.com']) {
    assert.throws(() => createMailer({ url: 'smtp://127.0.0.1', from: wrong, log }), /MAIL_FROM/);
  }
});
