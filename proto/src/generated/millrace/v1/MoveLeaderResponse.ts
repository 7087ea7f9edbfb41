// Original file: millrace/v1/admin.proto


export interface MoveLeaderResponse {
}

export interface MoveLeaderResponse__Output {
}
