/** Codecs of the two streams between brokers, for both ends. */
import type { FollowRequest, FollowResponse } from '@millrace/core/messages/follow';
import { decodeFollowRequest, encodeFollowRequest } from '@millrace/core/messages/followRequest';
import { decodeFollowResponse, encodeFollowResponse } from '@millrace/core/messages/followResponse';
import type { SessionDown, SessionUp } from '../cluster/sessionMessages.ts';
import type { StreamCodec } from './codedStream.ts';
import { encodeSessionDown, SessionDownDecoder } from './sessionDownCodec.ts';
import { decodeSessionUp, encodeSessionUp } from './sessionUpCodec.ts';

export const FOLLOWER_CODEC: StreamCodec<FollowRequest, FollowResponse> = {
  encode: (message) => [encodeFollowRequest(message)],
  decode: decodeFollowResponse,
  side: 'opened',
};

export const LEADER_CODEC: StreamCodec<FollowResponse, FollowRequest> = {
  encode: (message) => [encodeFollowResponse(message)],
  decode: decodeFollowRequest,
  side: 'accepted',
};

/** One for each stream: it keeps the parts of an image that is not complete. */
export function brokerCodec(): StreamCodec<SessionUp, SessionDown> {
  const decoder = new SessionDownDecoder();
  return {
    encode: encodeSessionUp,
    decode: (body) => decoder.decode(body),
    side: 'opened',
  };
}

export const CONTROLLER_CODEC: StreamCodec<SessionDown, SessionUp> = {
  encode: encodeSessionDown,
  decode: decodeSessionUp,
  side: 'accepted',
};
