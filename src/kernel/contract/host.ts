/** A label of a host name: letters of any script or digits, with hyphens between them. */
const label = String.raw`[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
/** A name with a dot. The last label is no number, which would be an IP address. */
const hostName = new RegExp(String.raw`^(?:${label}\.)+(?!\d+$)${label}$`, 'u');
export const host_characters_max = 253;

/** Whether a text is a possible host name on the internet, in Unicode or in its `xn--` form. */
export const isHostName = (text: string): boolean => text.length <= host_characters_max && hostName.test(text);

/**
 * The host of a pasted address: `acme.com` of `https://www.acme.com/about`. Other texts are returned for the check to
 * refuse.
 */
export const hostOf = (address: string): string =>
  address
    .trim()
    .normalize('NFC')
    .toLowerCase()
    .replace(/^[a-z][a-z\d+.-]*:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .replace(/^www\.(?=.+\.)/, '');
