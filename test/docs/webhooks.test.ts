import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { makeSecret, signedHeaders } from '../../src/platform/webhook/signature.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
const example = (language: string): string => page.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!;

interface Case {
  name: string;
  genuine: boolean;
  secret: string;
  headers: Record<string, string>;
  body: string;
}

const [secret, older, foreign] = [makeSecret(), makeSecret(), makeSecret()];
const body = '{"type":"contact.created","data":{"name":"Žofie „Ö“ 😀"}}';
const id = '0199c0de-7a11-7000-8000-3f2a1c5b9d10';
const signed = (secrets: string[], ago_ms = 0) =>
  signedHeaders(secrets, { id, body, at: new Date(Date.now() - ago_ms) });
/** Made for each test: what was signed five minutes ago is old. */
function makeCases(): Case[] {
  const good = signed([secret]);
  return [
    { name: 'as it was sent', genuine: true, secret, headers: good, body },
    { name: 'during a rotation, with the new secret', genuine: true, secret, headers: signed([secret, older]), body },
    {
      name: 'during a rotation, with the old secret',
      genuine: true,
      secret: older,
      headers: signed([secret, older]),
      body,
    },
    { name: 'of somebody else', genuine: false, secret: foreign, headers: good, body },
    { name: 'another body', genuine: false, secret, headers: good, body: `${body} ` },
    { name: 'another id', genuine: false, secret, headers: { ...good, 'webhook-id': 'other' }, body },
    {
      name: 'another version',
      genuine: false,
      secret,
      headers: { ...good, 'webhook-signature': good['webhook-signature']!.replace('v1,', 'v2,') },
      body,
    },
    { name: 'old', genuine: false, secret, headers: signed([secret], 600_000), body },
    { name: 'from the future', genuine: false, secret, headers: signed([secret], -600_000), body },
    {
      name: 'without a signature',
      genuine: false,
      secret,
      headers: { 'webhook-id': id, 'webhook-timestamp': good['webhook-timestamp']! },
      body,
    },
    { name: 'without headers', genuine: false, secret, headers: {}, body },
    { name: 'a time that is none', genuine: false, secret, headers: { ...good, 'webhook-timestamp': 'now' }, body },
  ];
}
let cases: Case[];
const expected = () => cases.map(({ name, genuine }) => [name, genuine]);
const answers = (genuine: boolean[]) => cases.map(({ name }, i) => [name, genuine[i]]);

const folder = mkdtempSync(join(tmpdir(), 'holdfast-docs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeEach(() => {
  cases = makeCases();
  write('cases.json', JSON.stringify(cases));
});

test('the reference verifier takes what is sent, and nothing else', () => {
  const genuine = cases.map((each) => {
    try {
      new Webhook(each.secret).verify(each.body, each.headers);
      return true;
    } catch {
      return false;
    }
  });
  assert.deepEqual(answers(genuine), expected());
});

test('the documented verification in JavaScript does the same', async () => {
  const { verify } = await import(write('verify.mjs', example('js')));
  assert.deepEqual(answers(cases.map((each) => verify(each.secret, each.headers, Buffer.from(each.body)))), expected());
});

/** Programs that read the cases and print true or false for each. */
const programs = {
  python: {
    command: 'python3',
    args: ['run.py'],
    files: {
      'run.py': `${example('python')}
import json
for case in json.load(open("cases.json", encoding="utf-8")):
    print(str(verify(case["secret"], case["headers"], case["body"].encode())).lower())
`,
    },
  },
  go: {
    command: 'go',
    args: ['run', '.'],
    files: {
      'go.mod': 'module webhook\n\ngo 1.20\n',
      'verify.go': `package main\n\n${example('go')}`,
      'main.go': `package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	text, _ := os.ReadFile("cases.json")
	var cases []struct {
		Secret, Body string
		Headers map[string]string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		panic(err)
	}
	for _, each := range cases {
		header := func(name string) string { return each.Headers[name] }
		fmt.Println(Verify(each.Secret, header, []byte(each.Body)))
	}
}
`,
    },
  },
  php: {
    command: 'php',
    args: ['run.php'],
    files: {
      'run.php': `<?php
${example('php')}
foreach (json_decode(file_get_contents('cases.json'), true) as $case) {
    echo verify($case['secret'], $case['headers'], $case['body']) ? "true" : "false", "\\n";
}
`,
    },
  },
} as const;

for (const [language, { command, args, files }] of Object.entries(programs))
  test(`the documented verification in ${language} does the same`, (t) => {
    for (const [name, text] of Object.entries(files)) write(name, text);
    const run = spawnSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    if (run.error) return t.skip(`${command} is not installed`);
    const printed = run.stdout.split('\n').filter((line) => line === 'true' || line === 'false');
    assert.deepEqual(answers(printed.map((line) => line === 'true')), expected(), run.stderr + run.stdout);
  });
