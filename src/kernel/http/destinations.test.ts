import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isListedDestination } from './destinations.ts';

test('a listed host is one with its port, which is 443 where none is named', () => {
  const listed = [
    'api.example',
    'named.example:443',
    'plain.example:80',
    'localhost',
    '127.0.0.1:11434',
    '[::1]',
    '[::2]:8080',
  ];
  for (const url of [
    'https://api.example/v1',
    'https://api.example:443/v1',
    'https://named.example/v1',
    'http://plain.example/v1',
    'https://localhost/v1',
    'http://127.0.0.1:11434/v1',
    'https://[::1]/v1',
    'http://[::2]:8080/v1',
  ])
    assert.equal(isListedDestination(listed, new URL(url)), true, url);
  for (const url of [
    'http://api.example/v1',
    'https://api.example:8443/v1',
    'http://named.example/v1',
    'https://plain.example/v1',
    'http://localhost/v1',
    'http://localhost:11434/v1',
    'http://127.0.0.1/v1',
    'https://127.0.0.1/v1',
    'http://[::1]/v1',
    'https://[::2]/v1',
    'https://sub.api.example/v1',
  ])
    assert.equal(isListedDestination(listed, new URL(url)), false, url);
});
