const checks = /^\/metrics$|^\/api\/health(?:\/|$)/;

/**
 * Whether a route is asked every few seconds by machines: of a small installation these would be most of the requests,
 * lines and spans.
 */
export const isMachineCheck = (route: string | undefined): boolean => route !== undefined && checks.test(route);
