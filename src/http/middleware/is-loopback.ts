const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;

/**
 * Whether a request was made on this machine: it names a loopback host and, where the platform says which
 * address it came from, that is a loopback address too. The first stops a web page that rebinds its own name
 * to 127.0.0.1; the second stops a remote client that forges the host. On Cloudflare every request carries
 * its public address, so nothing there counts as local.
 */
export const isLoopback = (request: Request): boolean => {
  if (!LOOPBACK_HOST.test(new URL(request.url).hostname)) return false;
  const address = request.headers.get("cf-connecting-ip");
  return address === null || LOOPBACK_ADDRESS.test(address);
};
