import { networkInterfaces } from 'node:os'

const interfaces = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])

/** An address of this machine besides 127.0.0.1: in its network, or else one more of loopback. */
export const otherAddress =
  interfaces.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.2'
