// Original file: millrace/v1/groups.proto


export interface DeleteGroupResponse {
  'throttleMs'?: (number);
}

export interface DeleteGroupResponse__Output {
  'throttleMs': (number);
}
