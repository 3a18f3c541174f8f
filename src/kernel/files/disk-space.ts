import { statfs } from 'node:fs/promises';

export interface DiskSpace {
  /** What a program without special rights may still use. */
  free_bytes: number;
  size_bytes: number;
}

/** The disk on which a folder lies. */
export async function diskSpace(dir: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(dir);
  return { free_bytes: bavail * bsize, size_bytes: blocks * bsize };
}
