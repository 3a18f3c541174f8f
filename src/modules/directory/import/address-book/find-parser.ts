import { findAddressBook } from './convert.ts';

export const parse = ({ sample, complete }: { sample: Uint8Array; complete: boolean }) =>
  findAddressBook(sample, complete);
