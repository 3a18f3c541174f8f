import addressparser from 'nodemailer/lib/addressparser';

export const mail_from_form = 'must be one address, such as: Holdfast <no-reply@example.com>';

/** Parses a sender such as `Holdfast <no-reply@example.com>`; undefined when it is not one address. */
export function parseSender(from: string): { name: string; address: string } | undefined {
  const [sender, ...others] = addressparser(from, { flatten: true });
  if (!sender?.address || others.length > 0 || !isPlainAddress(sender.address) || hasControls(from)) return undefined;
  return { name: sender.name, address: sender.address };
}

/**
 * Whether an address is plain: it could not add a header, a recipient or a name. Only its server knows whether the
 * mailbox exists.
 */
export function isPlainAddress(address: string): boolean {
  return address.length <= 254 && /^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u.test(address);
}

export function hasControls(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text);
}
