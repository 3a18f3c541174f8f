const zip = '504b0304';
const container = 'd0cf11e0';
const signature_bytes = 4;

const signatureOf = (start: Buffer): string => start.toString('hex', 0, signature_bytes);

export const isContainer = (start: Buffer): boolean => signatureOf(start) === container;

export const isWorkbook = (start: Buffer): boolean => isContainer(start) || signatureOf(start) === zip;
