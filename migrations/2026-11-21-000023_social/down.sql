DROP TABLE blocks, friend_requests, friendships;
