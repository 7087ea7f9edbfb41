import assert from 'node:assert/strict';
import { it } from 'node:test';
import { networkFileSystem } from '../../src/store/networkFileSystem.ts';

it('tells network file systems by their number, sign-extended or not, on Linux alone', () => {
  assert.equal(networkFileSystem(0x6969, 'linux'), 'NFS');
  assert.equal(networkFileSystem(0xff534d42, 'linux'), 'CIFS');
  assert.equal(networkFileSystem(0xff534d42 | 0, 'linux'), 'CIFS');
  assert.equal(networkFileSystem(0x01021997, 'linux'), '9P');
  // ext4, xfs, tmpfs, overlayfs.
  for (const local of [0xef53, 0x58465342, 0x01021994, 0x794c7630]) {
    assert.equal(networkFileSystem(local, 'linux'), undefined);
  }
  assert.equal(networkFileSystem(0x6969, 'darwin'), undefined);
});
