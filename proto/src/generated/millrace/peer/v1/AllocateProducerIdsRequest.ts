// Original file: millrace/peer/v1/controller.proto


export interface AllocateProducerIdsRequest {
  'brokerId'?: (number);
  'bootId'?: (string);
}

export interface AllocateProducerIdsRequest__Output {
  'brokerId': (number);
  'bootId': (string);
}
