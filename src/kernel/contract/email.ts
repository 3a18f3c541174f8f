/// <reference path="./punycode.d.ts" />

import { toASCII, toUnicode } from 'punycode/punycode.es6.js';

/**
 * An address as RFC 5321 and 6531 have it, without quotes and comments: `r&d@acme.example`, `info@müller.example`,
 * `office@xn--e1afmkfd.xn--p1ai`. The part before the @ may have any letters, the domain those of names, and an ending
 * that is none of figures alone.
 */
export const emailPattern =
  /^[^\s"(),.:;<>@[\\\]\p{Cc}]+(?:\.[^\s"(),.:;<>@[\\\]\p{Cc}]+)*@(?:[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*\.)+(?:[Xx][Nn]--[A-Za-z\d-]+|[\p{L}\p{M}]{2,})$/u;

export const email_characters_max = 254;

export const isEmail = (text: string): boolean => text.length <= email_characters_max && emailPattern.test(text);

/**
 * An address with its domain in letters: `info@xn--mller-kva.example` is `info@müller.example`, which is how it is
 * stored and compared.
 */
export function emailText(text: string): string {
  const address = text.normalize();
  if (!/xn--/i.test(address)) return address;
  const [, local = '', domain = ''] = /^(.*)@([^@]*)$/s.exec(address) ?? [];
  try {
    const letters = toUnicode(domain.toLowerCase()).normalize();
    return domain !== '' && toASCII(letters) === domain.toLowerCase() ? `${local}@${letters}` : address;
  } catch {
    // Not punycode, though it begins so.
    return address;
  }
}

/** The link that writes to an address (RFC 6068). */
export const mailLink = (address: string): string =>
  `mailto:${encodeURI(address).replace(/[?#&+]/g, encodeURIComponent)}`;
