// Original file: millrace/peer/v1/controller.proto


export interface PrepareStopRequest {
  'brokerId'?: (number);
}

export interface PrepareStopRequest__Output {
  'brokerId': (number);
}
