/** Letters of any script or digits, and within them hyphens: what stands between the dots of a host name. */
const label = String.raw`[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?`;
/** With a dot in it, and no number at the end: that is an address of the network. */
const hostName = new RegExp(String.raw`^(?:${label}\.)+(?!\d+$)${label}$`, 'u');
export const host_characters_max = 253;

/** Whether this may be the name of a host on the internet, as people or (`xn--`) as machines write it. */
export const isHostName = (text: string): boolean => text.length <= host_characters_max && hostName.test(text);

/** The host of what somebody pasted: `acme.com` of `https://www.acme.com/about`. What is none stays for others to refuse. */
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
