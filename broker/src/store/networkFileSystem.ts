/** Tells file systems whose locks and shared memory are not those of one machine: SQLite corrupts its file there. */

/** `f_type` of Linux's statfs (linux/magic.h, and the sources of the file systems that are not in it). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff53_4d42, 'CIFS'],
  [0xfe53_4d42, 'SMB2'],
  [0x564c, 'NCP'],
  [0x5346_414f, 'AFS'],
  [0x6b41_4653, 'AFS'],
  [0x7375_7245, 'Coda'],
  [0x0102_1997, '9P'],
  [0x00c3_6400, 'Ceph'],
  [0x0bd0_0bd0, 'Lustre'],
  [0x4750_4653, 'GPFS'],
  [0x7461_636f, 'OCFS2'],
  [0x0116_1970, 'GFS2'],
  [0x1983_0326, 'BeeGFS'],
  [0x786f_4256, 'VirtualBox shared folder'],
]);

/** The name of a network file system, undefined for any other; only Linux tells. */
export function networkFileSystem(type: number, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'linux') return undefined;
  // 32 bits, which some machines sign-extend.
  return NETWORK_FILE_SYSTEMS.get(Number(BigInt.asUintN(32, BigInt(type))));
}
