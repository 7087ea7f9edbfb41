// Original file: millrace/v1/groups.proto


export interface DeleteGroupRequest {
  'group'?: (string);
}

export interface DeleteGroupRequest__Output {
  'group': (string);
}
