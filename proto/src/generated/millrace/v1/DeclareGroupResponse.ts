// Original file: millrace/v1/groups.proto


export interface DeclareGroupResponse {
  'throttleMs'?: (number);
}

export interface DeclareGroupResponse__Output {
  'throttleMs': (number);
}
