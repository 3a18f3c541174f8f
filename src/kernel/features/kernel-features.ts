import type { Feature } from './registry.ts';

export const kernelFeatures: readonly Feature[] = [
  { name: 'api_keys', title: 'New API keys', description: 'Making keys for programs; those made before stay' },
];
