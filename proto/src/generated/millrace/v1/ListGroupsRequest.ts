// Original file: millrace/v1/groups.proto


export interface ListGroupsRequest {
}

export interface ListGroupsRequest__Output {
}
