// Original file: millrace/peer/v1/controller.proto

import type { Register as _millrace_peer_v1_Register, Register__Output as _millrace_peer_v1_Register__Output } from '../../../millrace/peer/v1/Register.ts';
import type { CopyReports as _millrace_peer_v1_CopyReports, CopyReports__Output as _millrace_peer_v1_CopyReports__Output } from '../../../millrace/peer/v1/CopyReports.ts';
import type { Heartbeat as _millrace_peer_v1_Heartbeat, Heartbeat__Output as _millrace_peer_v1_Heartbeat__Output } from '../../../millrace/peer/v1/Heartbeat.ts';
import type { CopyFailed as _millrace_peer_v1_CopyFailed, CopyFailed__Output as _millrace_peer_v1_CopyFailed__Output } from '../../../millrace/peer/v1/CopyFailed.ts';
import type { TopicDeleted as _millrace_peer_v1_TopicDeleted, TopicDeleted__Output as _millrace_peer_v1_TopicDeleted__Output } from '../../../millrace/peer/v1/TopicDeleted.ts';
import type { Resigned as _millrace_peer_v1_Resigned, Resigned__Output as _millrace_peer_v1_Resigned__Output } from '../../../millrace/peer/v1/Resigned.ts';
import type { Stopping as _millrace_peer_v1_Stopping, Stopping__Output as _millrace_peer_v1_Stopping__Output } from '../../../millrace/peer/v1/Stopping.ts';
import type { Error as _millrace_v1_Error, Error__Output as _millrace_v1_Error__Output } from '../../../millrace/v1/Error.ts';

export interface SessionRequest {
  'register'?: (_millrace_peer_v1_Register | null);
  'copies'?: (_millrace_peer_v1_CopyReports | null);
  'heartbeat'?: (_millrace_peer_v1_Heartbeat | null);
  'copyFailed'?: (_millrace_peer_v1_CopyFailed | null);
  'deleted'?: (_millrace_peer_v1_TopicDeleted | null);
  'resigned'?: (_millrace_peer_v1_Resigned | null);
  'stopping'?: (_millrace_peer_v1_Stopping | null);
  /**
   * Why the broker ends the session; the last message.
   */
  'farewell'?: (_millrace_v1_Error | null);
  'message'?: "register"|"copies"|"heartbeat"|"copyFailed"|"deleted"|"resigned"|"stopping"|"farewell";
}

export interface SessionRequest__Output {
  'register'?: (_millrace_peer_v1_Register__Output | null);
  'copies'?: (_millrace_peer_v1_CopyReports__Output | null);
  'heartbeat'?: (_millrace_peer_v1_Heartbeat__Output | null);
  'copyFailed'?: (_millrace_peer_v1_CopyFailed__Output | null);
  'deleted'?: (_millrace_peer_v1_TopicDeleted__Output | null);
  'resigned'?: (_millrace_peer_v1_Resigned__Output | null);
  'stopping'?: (_millrace_peer_v1_Stopping__Output | null);
  /**
   * Why the broker ends the session; the last message.
   */
  'farewell'?: (_millrace_v1_Error__Output | null);
  'message'?: "register"|"copies"|"heartbeat"|"copyFailed"|"deleted"|"resigned"|"stopping"|"farewell";
}
