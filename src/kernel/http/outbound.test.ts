import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createOutboundFetch, isPrivateHost, isPublicAddress } from './outbound.ts';

let server: Server;
let port: number;
let asked = 0;
before(async () => {
  server = createServer((request, response) => {
    asked++;
    if (request.url === '/large') response.end('x'.repeat(2 * 1024 * 1024));
    else response.end('inside');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
after(() => server.close());

test('private, special and disguised addresses are told from public ones', () => {
  const inside = [
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001:0:1::',
    'localhost',
    '',
  ];
  for (const address of inside) assert.equal(isPublicAddress(address), false, address);
  for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])
    assert.equal(isPublicAddress(address), true, address);
  for (const host of ['localhost', 'LOCALHOST.', 'a.localhost', '[::1]', '127.0.0.1', '[::ffff:7f00:1]'])
    assert.equal(isPrivateHost(host), true, host);
  for (const host of ['example.com', '8.8.8.8', 'localhost.example.com'])
    assert.equal(isPrivateHost(host), false, host);
});

test('nothing reaches a private address, however it is written, also by a redirect', async () => {
  const fetch = createOutboundFetch({ allowPrivate: false });
  // All of them mean this machine.
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0.0.0.0', '127.1'])
    await assert.rejects(
      fetch(`http://${host}:${port}/`),
      ({ cause }: Error) => /not on the public/.test(String(cause)),
      host,
    );
  assert.equal(asked, 0);
});

test('a name that leads inside is refused when it is connected to', async (t) => {
  // Of this machine, and in no way a private name to look at.
  const { hostname } = await import('node:os');
  const { lookup } = await import('node:dns/promises');
  const host = hostname();
  const found = await lookup(host).catch(() => undefined);
  if (!found || isPublicAddress(found.address)) return t.skip('this machine has no name that leads inside');
  const fetch = createOutboundFetch({ allowPrivate: false });
  await assert.rejects(fetch(`http://${host}:${port}/`), ({ cause }: Error) => /not on the public/.test(String(cause)));
  assert.equal(asked, 0);
});

test('a name that is public when it is checked leads nowhere else when it is connected to', async () => {
  const before = asked;
  const answers: string[][] = [];
  let looked = 0;
  const fetch = createOutboundFetch({
    allowPrivate: false,
    resolve: (_host, _options, found) => {
      const addresses = answers[looked++]!.map((address) => ({ address, family: 4 }));
      found(null, addresses);
    },
  });
  const url = `http://rebinding.example:${port}/`;
  // Each connection looks up once; a second look would lead inside.
  answers.push(['8.8.8.8'], ['127.0.0.1'], ['8.8.8.8', '127.0.0.1']);
  // Nothing answers there.
  await assert.rejects(fetch(url, { signal: AbortSignal.timeout(200) }));
  assert.equal(looked, 1);
  for (const next of [2, 3]) {
    await assert.rejects(fetch(url), ({ cause }: Error) => /not on the public/.test(String(cause)));
    assert.equal(looked, next);
  }
  assert.equal(asked, before);
});

test('with private networks allowed they are asked, and answers stay bounded', async () => {
  const fetch = createOutboundFetch({ allowPrivate: true });
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'inside');
  await assert.rejects(async () => (await fetch(`http://127.0.0.1:${port}/large`)).text());
});
