const broken = new WeakSet<Error>();

/**
 * Notes an error by which a connection to the database broke: `write EPIPE` by itself does not say which server was
 * away.
 */
export const noteBroken = (error: Error): void => void broken.add(error);

export const brokeConnection = (error: unknown): boolean => broken.has(error as Error);
